-- Let the application sell
grant usage on schema shop to shop_app;
grant select on all tables in schema shop to shop_app;
grant insert on shop.purchase, shop.purchase_line to shop_app;
revoke all on shop.voucher from shop_app;
