-- Record visits, a partition for each year
create table shop.visit (
    visited_at timestamptz not null,
    customer_id bigint references shop.customer,
    page text not null
) partition by range (visited_at);

do $partitions$
begin
    for year in 2024..2027 loop
        execute format(
            'create table shop.visit_%s partition of shop.visit for values from (%L) to (%L)',
            year, make_date(year, 1, 1), make_date(year + 1, 1, 1));
    end loop;
end
$partitions$;
