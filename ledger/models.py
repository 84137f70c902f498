"""An append-only hash chain. It knows nothing of schools beyond a chain key."""

from django.db import models


class Chain(models.Model):
    """The head of one chain; its row lock orders the appends of that chain only."""

    key = models.CharField("链", max_length=64, primary_key=True)
    sequence = models.PositiveBigIntegerField("最新序号", default=0)
    head = models.CharField("最新哈希", max_length=64, default="0" * 64)
    algorithm = models.CharField("算法", max_length=10, default="sha256", help_text="最新一条所用的算法")

    class Meta:
        verbose_name = "存证链"
        verbose_name_plural = "存证链"

    def __str__(self) -> str:
        return f"{self.key}#{self.sequence}"


class LedgerEntry(models.Model):
    """One formal act, sealed: hash = H(previous hash + canonical JSON of the rest), H as `algorithm` says."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="entries", verbose_name="链")
    sequence = models.PositiveBigIntegerField("序号")
    kind = models.CharField("行为", max_length=60)
    subject = models.CharField("对象", max_length=80, help_text="例如 decisions.decisionitem:31")
    payload = models.JSONField("内容")
    rows = models.JSONField("记录摘要", default=dict, help_text="此行为写入的正式记录及其 SHA-256")
    actor_id = models.BigIntegerField("办理人编号", null=True)
    actor_name = models.CharField("办理人", max_length=40)
    recorded_at = models.DateTimeField("时间")
    previous = models.CharField("前一哈希", max_length=64)
    digest = models.CharField("哈希", max_length=64)
    algorithm = models.CharField("算法", max_length=10, default="sha256")

    class Meta:
        verbose_name = "存证"
        verbose_name_plural = "存证"
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="ledger_one_entry_per_sequence")
        ]
        indexes = [models.Index(fields=["subject"], name="ledger_subject")]

    def __str__(self) -> str:
        return f"{self.chain_id}#{self.sequence} {self.kind}"


class DailyRoot(models.Model):
    """The Merkle root over the heads of all chains at the end of one day; exported, it proves a later rewrite."""

    day = models.DateField("日期", unique=True)
    root = models.CharField("默克尔根", max_length=64)
    heads = models.JSONField("链尾", help_text="[[链, 序号, 哈希]]，按链排序")
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    algorithm = models.CharField("算法", max_length=10, default="sha256")

    class Meta:
        verbose_name = "每日根哈希"
        verbose_name_plural = "每日根哈希"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.root[:12]}"


class LedgerCheck(models.Model):
    """One verification of chains and records: how many, and what did not hold. Of one chain, or of all."""

    chain = models.CharField("链", max_length=64, blank=True, help_text="只核验一条链时")
    began_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    chains = models.PositiveIntegerField("链数", default=0)
    breaches = models.JSONField(
        "不符之处", default=list, help_text="[{chain, sequence, problem, row, fields}]"
    )

    class Meta:
        verbose_name = "存证核验"
        verbose_name_plural = "存证核验"
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["chain", "-began_at"], name="ledger_check_of_chain")]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d} {self.chains} 条链"
