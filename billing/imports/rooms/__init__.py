"""户室导入: from one file to 小区, 楼幢, 单元, 户室, 业主, contracts, orders and old debts."""
