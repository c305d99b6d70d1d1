-- Demand an e-mail address of everyone
create unique index customer_email on shop.customer (lower(email));

-- Some customers have none: this fails, and the index above goes with it.
alter table shop.customer alter column email set not null;
