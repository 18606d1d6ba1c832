"""The shape of what is asked for in 业务管理."""
