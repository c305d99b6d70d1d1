-- Create the customers
create schema shop;

create table shop.customer (
    customer_id bigint generated always as identity primary key,
    name text not null,
    email text,
    address text,
    registered_at timestamptz not null default now()
);
comment on table shop.customer is 'Everyone who ever bought or registered.';
