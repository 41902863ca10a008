schedule microneedling --start 2027-01-04 --horizon "1 month" --ref A-17 --audience practice --closed sun -f ics
