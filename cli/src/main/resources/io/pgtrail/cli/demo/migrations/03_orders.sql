-- Create the orders
create type shop.order_status as enum ('new', 'paid', 'shipped');

create table shop.purchase (
    purchase_id bigint generated always as identity primary key,
    customer_id bigint not null references shop.customer,
    status shop.order_status not null default 'new',
    ordered_at timestamptz not null default now()
);

create table shop.purchase_line (
    purchase_id bigint not null references shop.purchase on delete cascade,
    product_id bigint not null references shop.product,
    quantity integer not null check (quantity > 0),
    price integer not null,
    primary key (purchase_id, product_id)
);
create index purchase_customer on shop.purchase (customer_id, ordered_at);
