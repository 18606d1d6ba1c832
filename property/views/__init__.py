"""Pages of 基础信息管理."""
