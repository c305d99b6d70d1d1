-- Keep count of the stock
create table shop.stock (
    product_id bigint primary key references shop.product,
    quantity integer not null check (quantity >= 0)
);

create function shop.take_from_stock()
    returns trigger
    language plpgsql
as $function$
begin
    update shop.stock set quantity = quantity - new.quantity where product_id = new.product_id;
    return new;
end
$function$;

create trigger take_from_stock
    after insert on shop.purchase_line
    for each row execute function shop.take_from_stock();
