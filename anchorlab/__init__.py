"""AnchorLab: an interactive visual laboratory for anchor-based object detection."""
