-- Let a customer have several addresses
create table shop.address (
    address_id bigint generated always as identity primary key,
    customer_id bigint not null references shop.customer on delete cascade,
    label text not null default 'home',
    lines text not null
);
insert into shop.address (customer_id, lines)
select c.customer_id, c.address from shop.customer as c where c.address is not null;
alter table shop.customer drop column address;
