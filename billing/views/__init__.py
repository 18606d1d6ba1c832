"""Pages of 业务管理 and of changes under approval."""
