"""What there is to choose from, as data: rules, presets, libraries' conventions, ready scenes, the field's terms."""
