-- What was before versioning began: everything that exists.
do $baseline$
begin
    if (select v.known_since is null from pgtrail.versioning as v) then
        perform pgtrail.take_baseline();
    end if;
end
$baseline$;
