"""The public port: what shops, their sites, their buyers' browsers and lenders reach of this house."""
