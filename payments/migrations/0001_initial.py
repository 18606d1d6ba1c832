import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('org', '0001_initial'),
        ('property', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, verbose_name='缴费单号')),
                ('client_request_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='请求编号')),
                ('channel', models.CharField(max_length=20, verbose_name='渠道')),
                ('provider', models.CharField(blank=True, max_length=20, verbose_name='通道')),
                ('state', models.CharField(choices=[('created', '待支付'), ('pending', '支付中'), ('user_paying', '等待顾客确认'), ('unknown', '结果未知'), ('succeeded', '成功'), ('failed', '失败'), ('closed', '已关闭'), ('reversed', '已冲正')], default='created', max_length=12, verbose_name='状态')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='金额')),
                ('principal', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='本金')),
                ('late_fee', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='滞纳金')),
                ('prepaid', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='预存')),
                ('tendered', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='实收现金')),
                ('change', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='找零')),
                ('account_no', models.CharField(max_length=20, verbose_name='缴费账号')),
                ('owner_name', models.CharField(max_length=60, verbose_name='业主姓名')),
                ('owner_kind', models.CharField(max_length=10, verbose_name='用户类型')),
                ('address', models.CharField(max_length=200, verbose_name='地址')),
                ('seasons', models.CharField(blank=True, max_length=200, verbose_name='采暖季')),
                ('on', models.DateField(null=True, verbose_name='缴费日期')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('paid_at', models.DateTimeField(null=True, verbose_name='缴费时间')),
                ('transaction_id', models.CharField(blank=True, max_length=64, verbose_name='渠道流水号')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('building', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='property.building', verbose_name='楼幢')),
                ('cashier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收费员')),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='property.community', verbose_name='小区')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office', verbose_name='公司')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office', verbose_name='机构')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='property.room', verbose_name='户室')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office', verbose_name='收费站点')),
            ],
            options={
                'verbose_name': '缴费',
                'verbose_name_plural': '缴费',
                'ordering': ['-id'],
                'permissions': [('take_payment', '收费'), ('reverse_payment', '当日冲正'), ('request_refund', '申请退费'), ('approve_refund', '审批退费'), ('review_refund', '财务复核退费'), ('execute_refund', '执行退费'), ('close_day', '日结'), ('confirm_handover', '确认交账'), ('reconcile', '渠道对账')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('seq', models.PositiveIntegerField(verbose_name='序号')),
                ('number', models.CharField(max_length=30, verbose_name='回单号')),
                ('state', models.CharField(choices=[('valid', '有效'), ('void', '作废')], default='valid', max_length=6, verbose_name='状态')),
                ('void_reason', models.CharField(blank=True, max_length=200, verbose_name='作废原因')),
                ('content', models.JSONField(verbose_name='内容')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='payments.payment', verbose_name='缴费')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office', verbose_name='站点')),
            ],
            options={
                'verbose_name': '缴费回单',
                'verbose_name_plural': '缴费回单',
                'ordering': ['-id'],
                'permissions': [('reprint_receipt', '补打回单')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='ReceiptCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('last', models.PositiveIntegerField(default=0)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReceiptPrint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nth', models.PositiveIntegerField(verbose_name='第几次')),
                ('paper', models.CharField(max_length=10, verbose_name='纸张')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prints', to='payments.receipt', verbose_name='回单')),
            ],
            options={
                'verbose_name': '打印记录',
                'verbose_name_plural': '打印记录',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='payments.payment', verbose_name='缴费')),
            ],
            options={
                'verbose_name': '冲正',
                'verbose_name_plural': '冲正',
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['cashier', 'on'], name='payment_cashier_day'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['site', 'on'], name='payment_site_day'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['company', 'on', 'channel'], name='payment_channel_day'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['company', 'account_no'], name='payment_account'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('number',), name='payment_number_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('transaction_id', ''), _negated=True), fields=('channel', 'transaction_id'), name='payment_transaction_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lte', 99999999.99)), name='payment_amount'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['succeeded', 'reversed']), _negated=True), models.Q(('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('principal'), '+', models.F('late_fee')), '+', models.F('prepaid'))), ('on__isnull', False), ('paid_at__isnull', False)), _connector='OR'), name='payment_split_is_amount'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('site', 'number'), name='receipt_number_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('site', 'on', 'seq'), name='receipt_seq_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('seq__gte', 1), ('seq__lte', 999999)), name='receipt_seq'),
        ),
        migrations.AddConstraint(
            model_name='receiptcounter',
            constraint=models.UniqueConstraint(fields=('site', 'on'), name='receipt_counter_once'),
        ),
        migrations.AddConstraint(
            model_name='receiptprint',
            constraint=models.UniqueConstraint(fields=('receipt', 'nth'), name='receipt_print_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receiptprint',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bbb174cf9a421ca1fc1e8c3c2911c0801b50e032', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_706e8', table='payments_receiptprint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receiptprint',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN\n                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ", hash='b1b264abee4c0931d5234387e34539d06076bcf8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e5d58', table='payments_receiptprint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reversal',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='df7f50a59a4172ee336706b97aba3aa0d29cb815', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_80292', table='payments_reversal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reversal',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN\n                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;\n            END IF;\n            RETURN NULL;\n        ", hash='db06c5efa36987e5ca7e463ce97ac94e83ff6129', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_3e1d8', table='payments_reversal', when='BEFORE')),
        ),
    ]
