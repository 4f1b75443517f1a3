"""What the operator sees. With app, tour and the command the only place with Qt."""
