"""户室导入: 小区, 楼幢, 单元, 户室, 业主, contracts, orders and old debts from one file (domain.md §5.7)."""
