package org.lines4j.hub;

import java.io.IOException;
import java.nio.file.Path;
import org.lines4j.error.InputException;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.format.Formats;
import org.lines4j.hub.http.Reply;

/// What the Hub's answers mean, and what to do about them.
final class Refusals {
  private static final String LOST =
      "its link in the cache leads nowhere (a download that was not finished, or cleared away)";

  private Refusals() {}

  /// Nobody answers, so it is not known whether there is such a model.
  static IOException unreachable(HubAddress address, IOException failure) {
    String place = "hf://" + address.repository();
    String problem =
        "%s; the cache does not have it, %s".formatted(failure.getMessage(), noPath(address));
    return new PlaceException(Problem.of(problem).in(place), failure);
  }

  /// The header `X-Error-Code` decides, as `huggingface_hub` has it.
  static InputException of(HubAddress address, Reply reply, Settings settings) {
    String code = reply.header("X-Error-Code").orElse("");
    String repository = address.repository();
    String place = "hf://" + repository;
    String page = settings.endpoint() + "/" + repository;
    boolean isWrongToken = reply.words().contains("Invalid credentials in Authorization header");
    if (code.equals("RevisionNotFound")) {
      return new InputException(
              place, "there is no branch, tag or commit '%s'".formatted(address.revision()))
          .withRemedy("%s/branches lists them".formatted(page));
    }
    if (code.equals("EntryNotFound")) {
      return new InputException(
          place + (address.path().isEmpty() ? "" : "/" + address.path()),
          "there is no such file in revision %s".formatted(address.revision()));
    }
    if (code.equals("GatedRepo")) {
      return settings.token().isEmpty()
          ? new InputException(
                  place,
                  "the model is gated: its terms must be accepted, and you are not logged in")
              .withRemedy("accept them at %s, then 'hf auth login' or set HF_TOKEN".formatted(page))
          : new InputException(
                  place, "the model is gated, and your token's owner is not among those let in")
              .withRemedy("ask for access at " + page);
    }
    if (reply.status() == 401 && isWrongToken) {
      return new InputException(place, "the Hub does not know your token")
          .withRemedy("'hf auth login' makes a new one; HF_TOKEN wins over it");
    }
    if (code.equals("RepoNotFound") || reply.status() == 401 || reply.status() == 404) {
      return new InputException(
              place,
              "there is no such model on the Hub, or it is private%s; %s"
                  .formatted(
                      settings.token().isEmpty()
                          ? " and you are not logged in"
                          : " and your token does not open it",
                      noPath(address)))
          .withRemedy(
              settings.token().isEmpty()
                  ? "check the name; 'hf auth login' or HF_TOKEN opens private ones"
                  : "check the name, and whose token it is");
    }
    if (reply.status() == 403) {
      return new InputException(
              place, "the token lacks the right to read it (%s)".formatted(reply.inWords()))
          .withRemedy("https://huggingface.co/settings/tokens says what yours may");
    }
    if (reply.status() == 416) {
      return new InputException(place, "the Hub's file is shorter than the Hub says (status 416)");
    }
    return new InputException(place, "the Hub answers with " + reply.inWords());
  }

  static InputException offline(HubAddress address, Path cache) {
    String place = "hf://" + address.repository();
    return new InputException(
            place,
            "revision %s is not in the cache %s, and HF_HUB_OFFLINE forbids to ask for it; %s"
                .formatted(address.revision(), cache, noPath(address)))
        .withRemedy("unset HF_HUB_OFFLINE");
  }

  /// What else a name may have been, as people begin paths with a folder's name, too.
  private static String noPath(HubAddress address) {
    String meant = Formats.meant(Path.of(address.repository()));
    return "nor is there a path '%s'%s"
        .formatted(address.repository(), meant.isEmpty() ? "" : " (" + meant + ")");
  }

  /// What to do where the cache alone is looked into and has but a part of a model.
  static String ofPart(HubAddress address, Settings settings) {
    return "the cache %s has no more of %s: %s, and it is fetched"
        .formatted(
            settings.cache(),
            address.repository(),
            settings.offline() ? "unset HF_HUB_OFFLINE" : "run again with a network");
  }

  static InputException notCached(HubAddress address, Path snapshot, boolean isBroken) {
    String place = "hf://" + address.repository() + "/" + address.path();
    String reason = isBroken ? LOST : "it is not in the cache";
    return new InputException(
            place, "%s: %s, and the Hub cannot be asked".formatted(snapshot, reason))
        .withRemedy("run again with a network and without HF_HUB_OFFLINE");
  }

  static IOException noHub(Settings settings, String why) {
    return new IOException(
        "%s does not answer as the Hub does (%s); is there a proxy in between, or is HF_ENDPOINT wrong?"
            .formatted(settings.endpoint(), why));
  }
}
