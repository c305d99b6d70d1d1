package io.pgtrail.accounts;

import io.pgtrail.connection.ServerFailure;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Accounts and API tokens of the server, for administrators. All throw {@code PgtrailException}
 * with {@code NOT_INSTALLED}, {@code NOT_PERMITTED}, {@code INVALID_ARGUMENT} or {@code
 * UNAVAILABLE}.
 */
public final class AccountAdministration {

  private final Jdbi jdbi;

  public AccountAdministration(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Creates an account that signs in by password. */
  public void create(String name, String actsAs, String passwordHash) {
    create(name, actsAs, Optional.of(passwordHash), Optional.empty());
  }

  /**
   * Creates an account.
   *
   * @param actsAs role of the database whose rights it has
   * @param passwordHash as the server hashes it; empty: it does not sign in by password
   * @param subject what a provider of OpenID Connect calls it; empty: it does not sign in by one
   */
  public void create(
      String name, String actsAs, Optional<String> passwordHash, Optional<String> subject) {
    ask(
        handle ->
            handle
                .createQuery("select pgtrail.create_account(:name, :role, :hash, :subject)")
                .bind("name", name)
                .bind("role", actsAs)
                .bind("hash", passwordHash.orElse(null))
                .bind("subject", subject.orElse(null))
                .mapTo(String.class)
                .list());
  }

  /** Lets an account act as another role of the database. */
  public void setRole(String name, String actsAs) {
    call("select pgtrail.set_account_role(:name, :role)", Map.of("name", name, "role", actsAs));
  }

  /** Gives an account another password. */
  public void setPassword(String name, String passwordHash) {
    call(
        "select pgtrail.set_account_password(:name, :hash)",
        Map.of("name", name, "hash", passwordHash));
  }

  /** Removes an account and its tokens. */
  public void drop(String name) {
    call("select pgtrail.drop_account(:name)", Map.of("name", name));
  }

  /** Ends what programs may do with a token. */
  public void dropToken(UUID id) {
    call("select pgtrail.drop_api_token(:id)", Map.of("id", id));
  }

  private void call(String query, Map<String, ?> values) {
    ask(handle -> handle.createQuery(query).bindMap(values).mapTo(String.class).list());
  }

  /** All accounts by name. */
  public List<AccountEntry> all() {
    return ask(
        handle ->
            handle
                .createQuery("select * from pgtrail.accounts()")
                .map(
                    (row, context) ->
                        new AccountEntry(
                            row.getString("account_name"),
                            row.getString("acts_as"),
                            List.of((String[]) row.getArray("rights").getArray()),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            row.getInt("failed_sign_ins"),
                            row.getLong("tokens")))
                .list());
  }

  /**
   * Lets programs act for an account.
   *
   * @param secretHash of the secret part, as the server hashes it
   * @return the id of the token
   */
  public UUID createToken(
      String account, String label, String secretHash, Optional<Instant> expiresAt) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select pgtrail.create_api_token(
                        :account, :label, :hash, cast(:expires as timestamptz))
                    """)
                .bind("account", account)
                .bind("label", label)
                .bind("hash", secretHash)
                .bind("expires", expiresAt.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null))
                .mapTo(UUID.class)
                .one());
  }

  /** The tokens of an account, the oldest first. */
  public List<TokenEntry> tokens(String account) {
    return ask(
        handle ->
            handle
                .createQuery("select * from pgtrail.api_tokens(:account)")
                .bind("account", account)
                .map(
                    (row, context) ->
                        new TokenEntry(
                            row.getObject("token_id", UUID.class),
                            row.getString("label"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            Optional.ofNullable(row.getObject("expires_at", OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant)
                                .orElse(null)))
                .list());
  }

  private <T> T ask(Function<Handle, T> question) {
    try {
      return jdbi.withHandle(question::apply);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
