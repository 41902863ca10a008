show microneedling -f table
