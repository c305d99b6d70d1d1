-- Let customers return goods
alter type shop.order_status add value 'returned';

create table shop.goods_return (
    purchase_id bigint not null,
    product_id bigint not null,
    reason text,
    returned_at timestamptz not null default now(),
    foreign key (purchase_id, product_id) references shop.purchase_line
);
