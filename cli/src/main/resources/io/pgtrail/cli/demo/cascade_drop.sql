-- Drop the stock with all that hangs on it
create view shop.sold_out as
select p.product_id, p.name
from shop.product as p
join shop.stock as s using (product_id)
where s.quantity = 0;

drop table shop.stock cascade;
drop function shop.take_from_stock cascade;
