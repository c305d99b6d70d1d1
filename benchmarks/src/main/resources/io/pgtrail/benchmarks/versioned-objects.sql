-- Ten objects. {g}: their group, in as many characters for each.
create type shop.state_{g} as enum ('new', 'paid', 'sent');
create sequence shop.number_{g};
create table shop.customer_{g} (
    id bigint generated always as identity primary key,
    name text not null,
    mail text unique,
    created timestamptz not null default now(),
    check (length(name) < 200)
);
create table shop.sale_{g} (
    id bigint primary key default nextval('shop.number_{g}'),
    customer_id bigint not null references shop.customer_{g},
    state shop.state_{g} not null default 'new',
    amount numeric(12, 2) not null check (amount >= 0),
    note text
);
create index customer_{g}_created on shop.customer_{g} (created);
create index sale_{g}_customer on shop.sale_{g} (customer_id, state);
create view shop.turnover_{g} as
    select c.id, c.name, sum(s.amount) as amount
    from shop.customer_{g} as c
    join shop.sale_{g} as s on s.customer_id = c.id
    group by c.id;
create function shop.on_sale_{g}() returns trigger language plpgsql as
    'begin perform from shop.customer_{g} where id = new.customer_id; return new; end';
create trigger on_sale before insert on shop.sale_{g} for each row execute function shop.on_sale_{g}();
create policy own on shop.sale_{g} using (customer_id > 0);
