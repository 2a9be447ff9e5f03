"""Steps of accounts and families: R3, R4 and R5."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared import keys
from shared.keyring import token
from tests.integration import family_people as ask
from tests.integration.answers import call
from tests.integration.clinic import PASSWORD, Citizen
from tests.model import prologue, views
from tests.model.facts import Account
from tests.model.walk import Walk

_TYPED = st.sampled_from(["right", "capitals", "wrong"])
_PASSWORDS = st.sampled_from([PASSWORD, PASSWORD, PASSWORD, "другой-пароль"])


class FamilyWalk(Walk):
    """People who register, confirm, sign in and out, and look after each other."""

    def citizen(self, data: st.DataObject) -> Citizen:
        """Choose somebody, known to the clinic or not."""
        return self.pick(data, list(prologue.citizens().values()), "citizen")

    def guarded(self) -> list[Account]:
        """Return the accounts for whose holders another account may act, too."""
        patients, accounts = self.clinic.patients, self.clinic.accounts.values()
        return [one for one in accounts if len(patients[one.holder_id].guardians) > 1]

    @rule(data=st.data(), how=_TYPED, address=st.sampled_from(["own", "any"]))
    def registers(self, data: st.DataObject, how: str, address: str) -> None:
        citizen = self.citizen(data)
        email = (citizen if address == "own" else self.citizen(data)).email
        person = prologue.typed(citizen, how)
        form = prologue.person_form(citizen, person) | {"email": email, "password": PASSWORD}
        answer = call("register", "POST", "/api/registrations", form)
        before = self.table.keys()
        self.settle()
        drawn = [key for key in self.table.keys() - before if keys.kind(key.sk) == "PENDING"]
        told = [
            token("confirm", keys.address_named(one.pk), keys.id_named(one.sk)) for one in drawn
        ]
        patient_id = citizen.patient_id
        self.agree(answer, self.clinic.register(email, patient_id, person, "".join(told)))

    @precondition(lambda self: self.clinic.registrations)
    @rule(data=st.data(), password=_PASSWORDS)
    def confirms(self, data: st.DataObject, password: str) -> None:
        form = self.pick(data, self.clinic.registrations, "registration")
        sent = {"token": form.token, "password": password}
        answer = call("confirm_email", "POST", "/api/email-confirmations", sent)
        drawn = answer.body.get("account_id", "")
        outcome = self.clinic.confirm(form, drawn, is_password_right=password == PASSWORD)
        self.agree(answer, outcome)
        self.note_browser(answer)
        self.settle()
        if outcome.status == 201:
            self.look(self.clinic.accounts[drawn])

    @rule(data=st.data(), password=_PASSWORDS)
    def signs_in(self, data: st.DataObject, password: str) -> None:
        self.sign_in(self.citizen(data).email, password)

    @rule(data=st.data())
    def signs_out(self, data: st.DataObject) -> None:
        account = self.account(data)
        who = self.browsers[account.account_id]
        answer = call("sign_out", "DELETE", "/api/sessions/current", cookie=who.cookie)
        self.agree(answer, self.clinic.sign_out(account))

    @rule(data=st.data(), how=_TYPED)
    def adds_a_relative(self, data: st.DataObject, how: str) -> None:
        account, citizen = self.account(data), self.citizen(data)
        person = prologue.typed(citizen, how)
        form = prologue.person_form(citizen, person)
        self.as_patient(
            account,
            lambda who: call("add_family_member", "POST", "/api/family", form, cookie=who.cookie),
            lambda _: self.clinic.add_relative(account, citizen.patient_id, person),
        )

    @rule(data=st.data())
    def gives_a_relative_up(self, data: st.DataObject) -> None:
        account, patient = self.account(data), self.patient(data)
        self.as_patient(
            account,
            lambda who: ask.remove(who, patient.patient_id),
            lambda _: self.clinic.remove_relative(account, patient.patient_id),
        )

    @precondition(lambda self: self.invitations)
    @rule(data=st.data())
    def accepts_an_invitation(self, data: st.DataObject) -> None:
        told = self.pick(data, list(self.invitations), "invitation")
        asking, patient_id = self.invitations[told]
        holder = self.clinic.accounts.get(self.clinic.patients[patient_id].holder or "")
        account = holder if holder and data.draw(st.booleans()) else self.account(data)
        is_newest = told == self.newest_invitation(asking, patient_id)
        self.as_patient(
            account,
            lambda who: ask.accept(who, told),
            lambda _: self.clinic.accept(account, asking, patient_id, is_newest=is_newest),
        )

    @precondition(lambda self: self.guarded())
    @rule(data=st.data())
    def dismisses_a_guardian(self, data: st.DataObject) -> None:
        account, other = self.pick(data, self.guarded(), "account"), self.account(data)
        self.as_patient(
            account,
            lambda who: ask.dismiss(who, other.account_id),
            lambda _: self.clinic.dismiss(account, other.account_id),
        )

    @precondition(lambda self: self.guarded())
    @rule(data=st.data())
    def looks_for_guardians(self, data: st.DataObject) -> None:
        account = self.pick(data, self.guarded(), "account")
        answer = self.as_patient(account, ask.guardians, lambda _: self.clinic.look(account))
        expected = views.guardians_view(self.clinic, account)
        assert answer.status == 429 or answer.body == expected
