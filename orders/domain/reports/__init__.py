"""Reports of shows, officials, prefectures and festivals; docs/reports.md defines each figure.

For other pages: `farmers.income_of_festival`, `farmers.income_of_shows` and `farmers.income_since`
say what reached the farms; `sales.count_sales` what shows sold.
"""
