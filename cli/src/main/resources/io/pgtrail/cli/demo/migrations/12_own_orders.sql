-- Show every customer only its own orders
alter table shop.purchase enable row level security;
create policy own_purchases on shop.purchase
    using (customer_id = nullif(current_setting('shop.customer', true), '')::bigint);
