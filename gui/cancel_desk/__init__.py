"""Cancel Desk: cancel Dojo payment intents from a window, and know what happened."""
