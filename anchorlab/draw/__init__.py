"""Drawing: results in, pictures and figures out. Nothing here computes, and nothing imports jax or streamlit."""
