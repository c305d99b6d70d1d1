-- A point for every ten that a customer spends.
alter table shop.customer add column points integer not null default 0;
comment on column shop.customer.points is 'One for every ten spent.';
update shop.customer set points = 1 where email is not null;
