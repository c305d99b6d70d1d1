insert into customer values ('not a number');
