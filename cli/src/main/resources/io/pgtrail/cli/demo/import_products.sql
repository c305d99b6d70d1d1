-- Import the catalogue of the wholesaler
insert into shop.product (category_id, name, price)
select 1 + n % 4, 'Article ' || n, 100 + n * 7 % 9900
from generate_series(1, 20000) as n;

insert into shop.stock (product_id, quantity)
select p.product_id, 500 from shop.product as p;

insert into shop.customer (name, email)
select 'Customer ' || n, case when n % 50 > 0 then 'customer' || n || '@example.org' end
from generate_series(1, 5000) as n;

insert into shop.purchase (customer_id, ordered_at)
select 1 + n % 5000, now() - make_interval(hours => n)
from generate_series(1, 5000) as n;

insert into shop.purchase_line (purchase_id, product_id, quantity, price)
select p.purchase_id, 1 + p.purchase_id * 13 % 20000, 1 + p.purchase_id % 3, 995
from shop.purchase as p;
