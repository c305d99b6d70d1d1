package io.pgtrail.cli;

import io.pgtrail.accounts.AccountAdministration;
import io.pgtrail.accounts.AccountEntry;
import io.pgtrail.accounts.TokenEntry;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgtrail account}: who may sign in to the server. */
@Command(
    name = "account",
    description = "Administer who may sign in to the server.",
    footer = {
      "",
      "An account acts as a role of the database, and can do what that role can: pgtrail_reader",
      "looks at the trail, pgtrail_auditor at that of all tenants, pgtrail_admin administers.",
      "",
      "Examples:",
      "  pgtrail account create anna --role pgtrail_auditor",
      "  pgtrail account create ben --subject 6a1f0c --no-password",
      "  pgtrail account token anna --label \"nightly export\" --expires 90d",
      "  pgtrail account token drop 2f0c8a9e-6b0d-4c43-9f6e-0d5c1f0f7a11"
    })
final class AccountCommand implements Runnable {

  private static final int RANDOM_BYTES = 15;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private AccountCommand() {}

  static CommandLine commandLine(PgtrailCommand root, PageServer server) {
    return new CommandLine(new AccountCommand())
        .addSubcommand(new Create(root, server))
        .addSubcommand(new ListAccounts(root))
        .addSubcommand(new Password(root, server))
        .addSubcommand(new Role(root))
        .addSubcommand(new CommandLine(new Token(root, server)).addSubcommand(new DropToken(root)))
        .addSubcommand(new Tokens(root))
        .addSubcommand(new Drop(root));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What about the accounts?");
  }

  /** A password that nobody guesses. */
  static String randomPassword() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Where a password comes from: never from an argument. */
  static final class NewPassword {

    private static final int SHORTEST = 10;

    /** Of bcrypt. */
    private static final int LONGEST = 72;

    @Option(
        names = "--password-stdin",
        description = "Read the password from the first line of the input; default a random one.")
    private boolean fromInput;

    /** The password, printed if it was made here. */
    String choose(Console console) {
      if (!fromInput) {
        String password = randomPassword();
        console.say("Password: " + password);
        return password;
      }
      try {
        String line =
            new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8))
                .readLine();
        if (line == null
            || line.length() < SHORTEST
            || line.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
          throw new PgtrailException(
              ErrorCode.INVALID_ARGUMENT,
              "A password has "
                  + SHORTEST
                  + " characters or more, and "
                  + LONGEST
                  + " bytes at most",
              null);
        }
        return line;
      } catch (IOException failure) {
        throw new PgtrailException(
            ErrorCode.INVALID_ARGUMENT, "The password cannot be read", null, failure);
      }
    }
  }

  /** {@code pgtrail account create}. */
  @Command(name = "create", description = "Let somebody sign in.")
  static final class Create implements Callable<Integer> {

    private final PgtrailCommand root;
    private final PageServer server;

    @Parameters(paramLabel = "NAME", description = "What to sign in with.")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        defaultValue = "pgtrail_reader",
        description = "Role of the database to act as; default ${DEFAULT-VALUE}.")
    private String role = "";

    @Option(
        names = "--subject",
        paramLabel = "ID",
        description = "What the provider of OpenID Connect calls it, to sign in through that.")
    private @Nullable String subject;

    @Option(names = "--no-password", description = "It does not sign in by password.")
    private boolean withoutPassword;

    @Mixin private final NewPassword password = new NewPassword();

    Create(PgtrailCommand root, PageServer server) {
      this.root = root;
      this.server = server;
    }

    @Override
    public Integer call() {
      AccountAdministration accounts = new AccountAdministration(root.jdbi(false));
      accounts.create(
          name,
          role,
          withoutPassword
              ? Optional.empty()
              : Optional.of(server.hash(password.choose(root.console()))),
          Optional.ofNullable(subject));
      root.console().say("Account " + SafeText.line(name) + " acts as " + SafeText.line(role));
      return 0;
    }
  }

  /** {@code pgtrail account list}. */
  @Command(name = "list", description = "Show all accounts.")
  static final class ListAccounts implements Callable<Integer> {

    private static final Listing<AccountEntry> LISTING =
        new Listing<AccountEntry>()
            .with(Column.text("name"), AccountEntry::name)
            .with(Column.text("acts_as"), AccountEntry::actsAs)
            .with(Column.text("rights"), account -> String.join(", ", account.rights()))
            .with(Column.number("failed_sign_ins"), AccountEntry::failedSignIns)
            .with(Column.number("tokens"), AccountEntry::tokens)
            .with(Column.shown("created_at"), AccountEntry::createdAt);

    private final PgtrailCommand root;

    @Option(
        names = "--format",
        description = "table, json (one object a line) or csv; default ${DEFAULT-VALUE}.")
    private Format format = Format.table;

    ListAccounts(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      LISTING.print(new AccountAdministration(root.jdbi(false)).all(), format, root.console());
      return 0;
    }
  }

  /** {@code pgtrail account password}. */
  @Command(
      name = "password",
      description = "Give an account another password; it need not wait after failed sign-ins.")
  static final class Password implements Callable<Integer> {

    private final PgtrailCommand root;
    private final PageServer server;

    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name = "";

    @Mixin private final NewPassword password = new NewPassword();

    Password(PgtrailCommand root, PageServer server) {
      this.root = root;
      this.server = server;
    }

    @Override
    public Integer call() {
      new AccountAdministration(root.jdbi(false))
          .setPassword(name, server.hash(password.choose(root.console())));
      return 0;
    }
  }

  /** {@code pgtrail account role}. */
  @Command(name = "role", description = "Let an account act as another role.")
  static final class Role implements Callable<Integer> {

    private final PgtrailCommand root;

    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name = "";

    @Parameters(paramLabel = "ROLE", description = "Role of the database to act as.")
    private String role = "";

    Role(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      new AccountAdministration(root.jdbi(false)).setRole(name, role);
      return 0;
    }
  }

  /** {@code pgtrail account token}. */
  @Command(name = "token", description = "Make a token with which programs act for an account.")
  static final class Token implements Callable<Integer> {

    private final PgtrailCommand root;
    private final PageServer server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The account.")
    private @Nullable String name;

    @Option(names = "--label", paramLabel = "TEXT", description = "What it is for; required.")
    private @Nullable String label;

    @Option(
        names = "--expires",
        paramLabel = "SPAN",
        description = "After this time it is not accepted, like 12h, 90d, 1y; default never.")
    private @Nullable String expires;

    Token(PgtrailCommand root, PageServer server) {
      this.root = root;
      this.server = server;
    }

    @Override
    public Integer call() {
      // Not required of "token drop", which comes after them.
      if (name == null || label == null) {
        throw new ParameterException(spec.commandLine(), "A token needs NAME and --label");
      }
      Optional<Instant> expiresAt =
          Optional.ofNullable(expires)
              .map(new Moments(Clock.system(ZoneId.systemDefault()))::after);
      String secret = server.newTokenSecret();
      UUID id =
          new AccountAdministration(root.jdbi(false))
              .createToken(name, label, server.hash(secret), expiresAt);
      root.console().say(server.token(id, secret));
      root.console().remark("It is shown this once. Send it as: Authorization: Bearer TOKEN");
      return 0;
    }
  }

  /** {@code pgtrail account token drop}. */
  @Command(name = "drop", description = "End what programs may do with a token.")
  static final class DropToken implements Callable<Integer> {

    private final PgtrailCommand root;

    @Parameters(paramLabel = "ID", description = "Of the token, as account tokens shows it.")
    @SuppressWarnings("NullAway.Init")
    private UUID id;

    DropToken(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      new AccountAdministration(root.jdbi(false)).dropToken(id);
      return 0;
    }
  }

  /** {@code pgtrail account tokens}. */
  @Command(name = "tokens", description = "Show the tokens of an account.")
  static final class Tokens implements Callable<Integer> {

    private static final Listing<TokenEntry> LISTING =
        new Listing<TokenEntry>()
            .with(Column.shown("id"), TokenEntry::id)
            .with(Column.text("label"), TokenEntry::label)
            .with(Column.shown("created_at"), TokenEntry::createdAt)
            .with(Column.shown("expires_at"), TokenEntry::expiresAt);

    private final PgtrailCommand root;

    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name = "";

    @Option(
        names = "--format",
        description = "table, json (one object a line) or csv; default ${DEFAULT-VALUE}.")
    private Format format = Format.table;

    Tokens(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      LISTING.print(
          new AccountAdministration(root.jdbi(false)).tokens(name), format, root.console());
      return 0;
    }
  }

  /** {@code pgtrail account drop}. */
  @Command(name = "drop", description = "Remove an account and its tokens.")
  static final class Drop implements Callable<Integer> {

    private final PgtrailCommand root;

    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name = "";

    Drop(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      new AccountAdministration(root.jdbi(false)).drop(name);
      return 0;
    }
  }
}
