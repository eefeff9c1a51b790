"""The local HTTP API: `app.create_app` makes it, `server.ApiServer` serves it, `tokens` says who may come in."""
