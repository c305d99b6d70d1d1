-- Report revenue and best customers
create view shop.revenue as
select date_trunc('month', p.ordered_at) as month, sum(l.quantity * l.price) as cents
from shop.purchase as p
join shop.purchase_line as l using (purchase_id)
group by 1;

create materialized view shop.best_customer as
select c.customer_id, c.name, sum(l.quantity * l.price) as cents
from shop.customer as c
join shop.purchase as p using (customer_id)
join shop.purchase_line as l using (purchase_id)
group by c.customer_id;
