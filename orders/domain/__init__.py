"""The rules of buying: holds, payments, refunds, settlement and the ledger."""
