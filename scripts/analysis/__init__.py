"""What a report says, worked out once for every picture of it: plots/ and page/ only draw."""
