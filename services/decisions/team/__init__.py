"""Teams: form, fill, activate, stand down."""
