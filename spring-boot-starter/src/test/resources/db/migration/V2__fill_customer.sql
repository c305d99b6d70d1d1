insert into customer select i from generate_series(1, 5) as i;
