-- Sell vouchers
create domain shop.voucher_code as text check (value ~ '^[A-Z0-9]{8}$');

create table shop.voucher (
    code shop.voucher_code primary key,
    cents bigint not null check (cents > 0),
    customer_id bigint references shop.customer
);
