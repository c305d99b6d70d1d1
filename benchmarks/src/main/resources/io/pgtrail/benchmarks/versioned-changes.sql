-- A change of each of ten objects. {g}: their group; {r}: the round, from 11 on, since no fill factor is below 10.
alter type shop.state_{g} add value 'state {r}';
alter sequence shop.number_{g} increment by {r};
alter table shop.customer_{g} add column added_{r} text;
alter table shop.sale_{g} alter column note set default 'note {r}';
alter index shop.customer_{g}_created set (fillfactor = {r});
comment on index shop.sale_{g}_customer is 'round {r}';
create or replace view shop.turnover_{g} as
    select c.id, c.name, sum(s.amount) as amount
    from shop.customer_{g} as c
    join shop.sale_{g} as s on s.customer_id = c.id
    where s.amount > {r}
    group by c.id;
create or replace function shop.on_sale_{g}() returns trigger language plpgsql as
    'begin perform from shop.customer_{g} where id = new.customer_id + {r}; return new; end';
create or replace trigger on_sale before insert on shop.sale_{g} for each row when (new.amount > {r})
    execute function shop.on_sale_{g}();
alter policy own on shop.sale_{g} using (customer_id > {r});
