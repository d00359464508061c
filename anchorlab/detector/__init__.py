"""A small anchor-based detector that is trained while one looks on: data, network, training, weights, predictions.

The network is ordinary; anchors, matching, coder, loss and sampler are the core's, as a learner chooses them
(`anchorlab.settings.training`). No page and no Streamlit here: a session asks `worker` for a training, and `predict` for
what a trained detector says about a picture.
"""
