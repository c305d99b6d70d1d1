package io.pgtrail.server.security;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.quarkus.security.AuthenticationFailedException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Checks passwords and tokens against what the database keeps of them. */
@Singleton
public class Accounts {

  private static final String ONE_ANSWER = "Name or password is wrong";

  private record Kept(Account account, @Nullable String hash) {}

  private final SecretCheck secrets = new SecretCheck();
  private final Map<String, Account> lastSeen = new ConcurrentHashMap<>();
  private final Target target;
  private final Jdbi database;

  @Inject
  Accounts(Targets targets) {
    this.target = targets.accounts();
    this.database = target.asServer();
  }

  /**
   * Signs in by password; recorded in the trail, refusals too.
   *
   * @throws AuthenticationFailedException with one answer, whatever was wrong
   */
  public Account signIn(String given, String password) {
    // PostgreSQL has no such character.
    String name = given.replace('\0', '\uFFFD');
    Optional<Kept> kept = find(name);
    boolean matches = secrets.matches(password, kept.map(Kept::hash));
    if (!tell(
        "select pgtrail.sign_in(:name, :matches)", Map.of("name", name, "matches", matches))) {
      throw new AuthenticationFailedException(ONE_ANSWER);
    }
    return kept.orElseThrow().account();
  }

  /**
   * The account as it is now, for a session that signed in before. While the database does not
   * answer, as it was last: whoever is signed in shall see what is wrong.
   */
  public Optional<Account> current(String name) {
    try {
      Optional<Account> current = find(name).map(Kept::account);
      current.ifPresentOrElse(account -> lastSeen.put(name, account), () -> lastSeen.remove(name));
      return current;
    } catch (PgtrailException failure) {
      @Nullable Account last = lastSeen.get(name);
      if (!target.availability().isUp() && last != null) {
        return Optional.of(last);
      }
      throw failure;
    }
  }

  /** Whether an account, and the token that it came with, are what they were. */
  boolean stillIs(Account account, Optional<UUID> token) {
    return token
        .map(this::keptToken)
        .map(kept -> kept.map(Kept::account))
        .orElseGet(() -> current(account.name()))
        .equals(Optional.of(account));
  }

  /** The account that a token acts for; empty if the database keeps no such token. */
  public Optional<Account> ofToken(ApiToken token) {
    return keptToken(token.id())
        .filter(kept -> kept.hash() != null && secrets.matchesToken(token.secret(), kept.hash()))
        .map(Kept::account);
  }

  private Optional<Kept> keptToken(UUID id) {
    return ask(
        """
        select account_name, acts_as, rights, token_hash as password_hash, stamp
        from pgtrail.find_api_token(cast(:key as uuid))
        where account_name is not null
        """,
        id.toString());
  }

  /**
   * The account of whom a provider of OpenID Connect vouches for.
   *
   * @param subject what the provider calls it
   */
  public Optional<Account> ofSubject(String subject) {
    return ask(
            """
            select account_name, acts_as, rights, cast(null as text) as password_hash, stamp
            from pgtrail.find_external_account(:key)
            where account_name is not null
            """,
            subject)
        .map(Kept::account);
  }

  /** Records that a provider vouched for somebody; whether an account is that. */
  public boolean recordExternalSignIn(String subject) {
    return tell("select pgtrail.record_external_sign_in(:subject)", Map.of("subject", subject));
  }

  /** Records that an account ended its session. */
  public void recordSignOut(String account) {
    tell("select pgtrail.record_sign_out(:account) is not null", Map.of("account", account));
  }

  /** Records that an account asked for what it may not have, or asked too often. */
  void recordRefusal(String account, String what, String reason) {
    tell(
        "select pgtrail.record_refusal(:account, :what, :reason) is not null",
        Map.of("account", account, "what", what.replace('\0', '\uFFFD'), "reason", reason));
  }

  private Optional<Kept> find(String name) {
    return ask(
        """
        select :key as account_name, acts_as, rights, password_hash, stamp
        from pgtrail.find_account(:key)
        where acts_as is not null
        """,
        name);
  }

  private Optional<Kept> ask(String query, String key) {
    try {
      return database.withHandle(
          handle ->
              handle
                  .createQuery(query)
                  .bind("key", key)
                  .map((row, context) -> kept(row))
                  .findFirst());
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static Kept kept(ResultSet row) throws SQLException {
    return new Kept(
        new Account(
            row.getString("account_name"),
            row.getString("acts_as"),
            texts(row.getArray("rights")),
            row.getString("stamp")),
        row.getString("password_hash"));
  }

  private static Set<String> texts(Array array) throws SQLException {
    return Arrays.stream((String[]) array.getArray()).collect(Collectors.toSet());
  }

  private boolean tell(String query, Map<String, ?> values) {
    try {
      return database.withHandle(
          handle -> handle.createQuery(query).bindMap(values).mapTo(Boolean.class).one());
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
