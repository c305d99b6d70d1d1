-- Call things what everyone calls them
alter table shop.goods_return rename to item_return;
alter table shop.customer rename column registered_at to customer_since;
