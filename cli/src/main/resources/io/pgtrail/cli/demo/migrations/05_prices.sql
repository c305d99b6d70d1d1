-- Allow prices beyond 21 million
alter table shop.product alter column price type bigint;
alter table shop.purchase_line alter column price type bigint;
