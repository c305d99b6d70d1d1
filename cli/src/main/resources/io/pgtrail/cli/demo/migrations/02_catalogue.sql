-- Create the product catalogue
create table shop.category (
    category_id integer generated always as identity primary key,
    name text not null unique
);

create table shop.product (
    product_id bigint generated always as identity primary key,
    category_id integer not null references shop.category,
    name text not null,
    price integer not null check (price >= 0)
);
comment on column shop.product.price is 'In cents.';

insert into shop.category (name) values ('Books'), ('Games'), ('Garden'), ('Music');
