create procedure coupon_store_request(
  in p_partner varchar(32), in p_request varchar(80), in p_product bigint unsigned,
  in p_quantity int, out p_status varchar(8)
)
begin
  declare v_is_repeat int default 0;
  declare continue handler for 1062 set v_is_repeat = 1;
  set p_status = 'stored';
  insert into coupon_requests (partner_id, request_id, product_id, quantity, status, created_at)
  values (p_partner, p_request, p_product, p_quantity, 'stored', utc_timestamp(3));
  if v_is_repeat = 1 then
    select status into p_status from coupon_requests
    where partner_id = p_partner and request_id = p_request for update;
  end if;
end
//
create procedure coupon_pick_number(
  in p_product bigint unsigned, inout p_id bigint unsigned, out p_number varchar(20)
)
begin
  declare continue handler for not found set p_number = null;
  set p_number = null;
  select id, number into p_id, p_number from coupon_numbers
  where product_id = p_product and status = 'free' and id > p_id order by id limit 1;
end
//
create procedure coupon_mark_number(in p_id bigint unsigned)
begin
  update coupon_numbers set status = 'used' where id = p_id;
end
//
create procedure coupon_highest_seq(in p_product bigint unsigned, out p_seq varchar(3))
begin
  select max(seq) into p_seq from coupon_issues use index () where product_id = p_product;
end
//
create procedure coupon_next_seq(inout p_seq varchar(3))
begin
  set p_seq = case
    when p_seq is null then 'A01'
    when p_seq = 'Z99' then 'Z99'
    when right(p_seq, 2) = '99'
      then concat(char(ascii(left(p_seq, 1)) + 1 using utf8mb4), '01')
    else concat(left(p_seq, 1), lpad(right(p_seq, 2) + 1, 2, '0'))
  end;
end
//
create procedure coupon_write_issue(
  in p_number varchar(20), in p_product bigint unsigned, in p_partner varchar(32),
  in p_request varchar(80), in p_seq varchar(3), out p_is_taken int
)
begin
  declare continue handler for 1062 set p_is_taken = 1;
  set p_is_taken = 0;
  insert into coupon_issues (number, product_id, partner_id, request_id, seq, issued_at)
  values (p_number, p_product, p_partner, p_request, p_seq, utc_timestamp(3));
end
//
create procedure coupon_issue_one(
  in p_partner varchar(32), in p_request varchar(80), in p_product bigint unsigned,
  inout p_id bigint unsigned, out p_outcome varchar(40)
)
begin
  declare v_number varchar(20);
  declare v_seq varchar(3);
  declare v_tries int default 0;
  declare v_is_taken int default 1;
  set p_outcome = 'collision';
  tries: while v_is_taken = 1 and v_tries < 100 do
    call coupon_pick_number(p_product, p_id, v_number);
    if v_number is null then
      set p_outcome = 'pool-empty';
      leave tries;
    end if;
    call coupon_mark_number(p_id);
    if v_tries = 0 then
      call coupon_highest_seq(p_product, v_seq);
    end if;
    call coupon_next_seq(v_seq);
    call coupon_write_issue(v_number, p_product, p_partner, p_request, v_seq, v_is_taken);
    set v_tries = v_tries + 1;
  end while;
  if v_is_taken = 0 then
    set p_outcome = concat(v_number, ' ', v_seq);
  end if;
end
//
create procedure coupon_count_quota(
  in p_partner varchar(32), in p_quantity int, out p_is_counted int
)
begin
  update coupon_partners set issued = issued + p_quantity
  where id = p_partner and issued + p_quantity <= quota;
  set p_is_counted = row_count();
end
//
create procedure coupon_take_back(in p_partner varchar(32), in p_request varchar(80))
begin
  update coupon_numbers n join coupon_issues i on i.number = n.number
  set n.status = 'free' where i.partner_id = p_partner and i.request_id = p_request;
  delete from coupon_issues where partner_id = p_partner and request_id = p_request;
end
//
create function issue_coupons(
  p_partner varchar(32), p_request varchar(80), p_product bigint unsigned, p_quantity int
) returns text charset utf8mb4 not deterministic modifies sql data
begin
  declare v_status varchar(8);
  declare v_known int;
  declare v_id bigint unsigned default 0;
  declare v_outcome varchar(40);
  declare v_is_counted int;
  declare v_issued int default 0;
  declare v_answer text charset utf8mb4 default '';
  call coupon_store_request(p_partner, p_request, p_product, p_quantity, v_status);
  if v_status = 'issued' then
    return 'repeated';
  end if;
  select count(*) into v_known from coupon_products where id = p_product;
  if v_known = 0 then
    return 'no-product';
  end if;
  while v_issued < p_quantity do
    call coupon_issue_one(p_partner, p_request, p_product, v_id, v_outcome);
    if v_outcome in ('collision', 'pool-empty') then
      call coupon_take_back(p_partner, p_request);
      return v_outcome;
    end if;
    set v_issued = v_issued + 1;
    set v_answer = concat(v_answer, if(v_answer = '', '', ','), v_outcome);
  end while;
  call coupon_count_quota(p_partner, p_quantity, v_is_counted);
  if v_is_counted = 0 then
    call coupon_take_back(p_partner, p_request);
    return 'quota';
  end if;
  update coupon_requests set status = 'issued'
  where partner_id = p_partner and request_id = p_request;
  return v_answer;
end
