-- Points are announced by e-mail. Some customers have no address, so this fails, and the index goes with it.
create unique index customer_email on shop.customer (lower(email));
alter table shop.customer alter column email set not null;
